"""Invented content for the style page, in a left-to-right and a right-to-left language.

It stands for what editors write, so it is not translated by gettext: a language without content of its own shows the
English one, marked with its language and direction, as the pages of the site do.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Content = dict[str, Any]

BRUSSELS = ZoneInfo("Europe/Brussels")
DELHI = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")


def content_in(language: str) -> Content:
    """The sample content for a language code: its own, else the English one."""
    return ARABIC if language == "ar" else ENGLISH


ENGLISH: Content = {
    "lang": "en",
    "dir": "ltr",
    "other": {"lang": "ar", "dir": "rtl"},
    "title": "Stop the trade in spyware",
    "addressee": "to the European Commission",
    "until": "open until 31 March 2027",
    "lede": "Tools that turn a phone into a listening post are sold across borders and used on reporters and human rights "
    "defenders. We ask for a halt to their export until law protects people from them.",
    "demands": [
        {
            "title": "Suspend export licences for intrusion software",
            "text": "No licence until a public register shows who buys, for what, and under which court's control.",
            "state": "open",
            "facts": ["of the European Commission", "since 3 February 2026"],
        },
        {
            "title": "Give people who were targeted a way to court",
            "text": "A duty to notify, and a remedy that does not depend on the state that did it.",
            "state": "answered",
            "facts": ["of the European Parliament"],
        },
        {
            "title": "Publish the findings of the inquiry",
            "text": "In full, in all languages of the Union.",
            "state": "met",
            "facts": ["met on 12 March 2026"],
        },
    ],
    "findings": [
        {
            "text": "Spyware such as Pegasus was used against journalists, defenders and activists in four countries "
            "examined for 2023.",
            "places": [
                {"name": "Armenia", "url": "#places", "role": "People targeted"},
                {"name": "Dominican Republic", "url": "#places", "role": "People targeted"},
                {"name": "India", "url": "#places", "role": "People targeted"},
                {"name": "Serbia", "url": "#places", "role": "Its authorities acted", "actor": True},
            ],
            "sources": [
                {
                    "short": "annual report 2024",
                    "title": "The State of the World's Human Rights",
                    "publisher": "Amnesty International",
                    "published_on": date(2024, 4, 24),
                    "locator": "regional overviews, pages 41 and 57",
                    "url": "https://report.example/2024",
                    "archived_url": "https://archive.example/2024",
                    "lang": "en",
                },
                {
                    "short": "inquiry of the Parliament",
                    "title": "Report of the committee of inquiry",
                    "locator": "paragraph 12",
                    "url": "https://parliament.example/",
                },
            ],
        },
        {
            "text": "After legal action, a city's police had to disclose how it had watched protests.",
            "places": [{"name": "New York City", "role": "Happened here"}],
            "sources": [{"title": "Annual report 2024, page 12"}],
        },
    ],
    "voice": "Technology without rules becomes a weapon in an election year, she warns, in the hands of states and of "
    "companies.",
    "voice_by": "Agnès Callamard, Secretary General of Amnesty International, April 2024, in our words",
    "events": [
        {
            "title": "Silent line in front of the Berlaymont",
            "url": "#events",
            "starts": datetime(2026, 12, 10, 18, 0, tzinfo=BRUSSELS),
            "zone": "UTC+1",
            "area": "Brussels",
            "status": "on",
            "facts": ["step-free", "sign language"],
        },
        {
            "title": "Reading of the names of those who were targeted",
            "url": "#events",
            "starts": datetime(2026, 12, 12, 17, 30, tzinfo=DELHI),
            "zone": "UTC+5:30",
            "area": "New Delhi",
            "status": "moved",
            "facts": ["new place"],
        },
        {
            "title": "Vigil for a ceasefire",
            "url": "#events",
            "starts": datetime(2026, 12, 19, 19, 0, tzinfo=NEW_YORK),
            "zone": "UTC−5",
            "area": "New York",
            "status": "cancelled",
            "facts": [],
        },
    ],
    "themes": [
        {"title": "Collapse of the international rule of law", "line": "Those who wrote the rules after 1945 now step over them."},
        {"title": "Artificial intelligence without rules", "line": "New tools spread faster than the law that should hold them."},
        {"title": "Disinformation in an election year", "line": "Half of humanity votes, and the loudest voices may be bought."},
        {"title": "Spyware against civil society", "line": "Phones of reporters and defenders were read in four countries."},
    ],
    "outcomes": [
        {"state": "met", "title": "The right to assemble without a permit", "line": "Parliament struck the clause from the bill on 12 March 2026."},
        {"state": "partly_met", "title": "Rules for large platforms", "line": "A law is in force; its watchdog has no staff yet."},
        {"state": "rejected", "title": "An end to face scans at matches", "line": "The city council voted no and gave its reasons."},
    ],
    "event_title": "Silent line in front of the Berlaymont",
    "event_facts": [
        ("When", "Thursday 10 December 2026, 18:00 to 19:30", "Brussels time, UTC+1"),
        ("Where", "Rond-point Schuman, Brussels", "by the steps, under the flags"),
        ("Access", "Step-free from the metro. Sign language on the spot.", "Toilets: unknown"),
        ("Organiser", "Upstander demo organisation", ""),
    ],
    "moved": "The place has changed. The time has not.",
    "moved_from": "Place du Luxembourg",
    "moved_to": "Rond-point Schuman",
    "timeline": [
        (date(2026, 2, 3), "Opened", "With two demands to the European Commission."),
        (date(2026, 3, 12), "250 confirmed signatures", ""),
        (date(2026, 6, 1), "Delivered", "Printed and handed over in Brussels."),
    ],
    "awaited": ("Answer awaited", "The Commission has three months."),
    "outcome": "The clause is gone",
    "outcome_text": "On 12 March 2026 the parliament struck the clause that made assemblies subject to a permit. We thank the "
    "612 people who signed.",
    "long_word": "Donaudampfschifffahrtsgesellschaftskapitänsgesichtserkennungsverordnung",
    "places": [
        {"name": "Democratic Republic of the Congo", "url": "#places", "role": "Happened here"},
        {"name": "Myanmar (Burma)", "url": "#places", "role": "Happened here"},
        {"name": "United States", "url": "#places", "role": "Its authorities acted", "actor": True},
        {"name": "Palestine", "url": "#places"},
        {"name": "Worldwide"},
    ],
    "table": [("Belgium", "120", "38 %"), ("France", "90", "29 %"), ("Elsewhere", "102", "33 %")],
    "text": [
        "A long text is set at a measure of some sixty letters, so that the eye finds the next line. It may hold a link to "
        "a finding, a strong word and an emphasised one.",
        "A second paragraph follows at the distance of a line.",
    ],
    "quote": "The right to protest draws attention to abuses, and to those who could end them.",
    "quote_by": "An invented speaker, word for word",
}

ARABIC: Content = {
    "lang": "ar",
    "dir": "rtl",
    "other": {"lang": "en", "dir": "ltr"},
    "title": "أوقفوا تجارة برامج التجسس",
    "addressee": "إلى المفوضية الأوروبية",
    "until": "مفتوحة حتى 31 مارس 2027",
    "lede": "تُباع عبر الحدود أدوات تحوّل الهاتف إلى أذن متنصتة، وتُستخدم ضد الصحفيين والمدافعين عن حقوق الإنسان. "
    "نطالب بوقف تصديرها إلى أن يحمي القانون الناس منها.",
    "demands": [
        {
            "title": "تعليق تراخيص تصدير برامج الاختراق",
            "text": "لا ترخيص قبل أن يبيّن سجلّ علني من يشتري، ولأي غرض، وتحت رقابة أي محكمة.",
            "state": "open",
            "facts": ["من المفوضية الأوروبية", "منذ 3 فبراير 2026"],
        },
        {
            "title": "فتح باب القضاء أمام من استُهدفوا",
            "text": "واجب الإخطار، وسبيل انتصاف لا يتوقف على الدولة التي ارتكبت الفعل.",
            "state": "answered",
            "facts": ["من البرلمان الأوروبي"],
        },
        {
            "title": "نشر نتائج التحقيق",
            "text": "كاملة وبجميع لغات الاتحاد.",
            "state": "met",
            "facts": ["تحقق في 12 مارس 2026"],
        },
    ],
    "findings": [
        {
            "text": "استُخدمت برامج تجسس مثل بيغاسوس ضد صحفيين ومدافعين وناشطين في أربعة بلدان شملها التقرير عن عام 2023.",
            "places": [
                {"name": "أرمينيا", "url": "#places", "role": "استهداف أشخاص"},
                {"name": "جمهورية الدومينيكان", "url": "#places", "role": "استهداف أشخاص"},
                {"name": "الهند", "url": "#places", "role": "استهداف أشخاص"},
                {"name": "صربيا", "url": "#places", "role": "فعل السلطات", "actor": True},
            ],
            "sources": [
                {
                    "short": "التقرير السنوي 2024",
                    "title": "The State of the World's Human Rights",
                    "publisher": "Amnesty International",
                    "published_on": date(2024, 4, 24),
                    "locator": "41, 57",
                    "url": "https://report.example/2024",
                    "archived_url": "https://archive.example/2024",
                    "lang": "en",
                },
                {"title": "تقرير لجنة التحقيق، الفقرة 12", "url": "https://parliament.example/"},
            ],
        },
        {
            "text": "بعد دعوى قضائية اضطرت شرطة إحدى المدن إلى الكشف عن كيفية مراقبتها للاحتجاجات.",
            "places": [{"name": "مدينة نيويورك", "role": "حدث هنا"}],
            "sources": [{"title": "التقرير السنوي 2024، صفحة 12"}],
        },
    ],
    "voice": "تحذّر من أن التكنولوجيا بلا قواعد تصير سلاحًا في عام انتخابي، في أيدي الدول والشركات.",
    "voice_by": "أنياس كالامار، الأمينة العامة لمنظمة العفو الدولية، أبريل 2024، بصياغتنا",
    "events": [
        {
            "title": "صف صامت أمام مقر المفوضية",
            "url": "#events",
            "starts": datetime(2026, 12, 10, 18, 0, tzinfo=BRUSSELS),
            "zone": "UTC+1",
            "area": "بروكسل",
            "status": "on",
            "facts": ["بلا درج", "لغة الإشارة"],
        },
        {
            "title": "قراءة أسماء من استُهدفوا",
            "url": "#events",
            "starts": datetime(2026, 12, 12, 17, 30, tzinfo=DELHI),
            "zone": "UTC+5:30",
            "area": "نيودلهي",
            "status": "moved",
            "facts": ["مكان جديد"],
        },
        {
            "title": "وقفة من أجل وقف إطلاق النار",
            "url": "#events",
            "starts": datetime(2026, 12, 19, 19, 0, tzinfo=NEW_YORK),
            "zone": "UTC−5",
            "area": "نيويورك",
            "status": "cancelled",
            "facts": [],
        },
    ],
    "themes": [
        {"title": "انهيار سيادة القانون الدولي", "line": "من كتبوا القواعد بعد عام 1945 يتخطّونها اليوم."},
        {"title": "ذكاء اصطناعي بلا قواعد", "line": "أدوات جديدة تنتشر أسرع من القانون الذي ينبغي أن يضبطها."},
        {"title": "التضليل في عام انتخابي", "line": "نصف البشرية يصوّت، وقد تكون أعلى الأصوات مشتراة."},
        {"title": "برامج التجسس ضد المجتمع المدني", "line": "قُرئت هواتف صحفيين ومدافعين في أربعة بلدان."},
    ],
    "outcomes": [
        {"state": "met", "title": "الحق في التجمع بلا ترخيص", "line": "حذف البرلمان البند من مشروع القانون في 12 مارس 2026."},
        {"state": "partly_met", "title": "قواعد للمنصات الكبرى", "line": "القانون نافذ، لكن هيئة الرقابة بلا موظفين بعد."},
        {"state": "rejected", "title": "وقف مسح الوجوه في الملاعب", "line": "صوّت مجلس المدينة بالرفض وذكر أسبابه."},
    ],
    "event_title": "صف صامت أمام مقر المفوضية",
    "event_facts": [
        ("الموعد", "الخميس 10 ديسمبر 2026، من 18:00 إلى 19:30", "توقيت بروكسل، UTC+1"),
        ("المكان", "دوار شومان، بروكسل", "عند الدرج، تحت الأعلام"),
        ("الوصول", "طريق بلا درج من المترو. ترجمة بلغة الإشارة في المكان.", "المراحيض: غير معروف"),
        ("المنظِّم", "منظمة تجريبية", ""),
    ],
    "moved": "تغيّر المكان، ولم يتغيّر الموعد.",
    "moved_from": "ساحة لوكسمبورغ",
    "moved_to": "دوار شومان",
    "timeline": [
        (date(2026, 2, 3), "فُتحت", "بمطلبين إلى المفوضية الأوروبية."),
        (date(2026, 3, 12), "250 توقيعًا مؤكدًا", ""),
        (date(2026, 6, 1), "سُلِّمت", "مطبوعة باليد في بروكسل."),
    ],
    "awaited": ("في انتظار الرد", "أمام المفوضية ثلاثة أشهر."),
    "outcome": "أُلغي البند",
    "outcome_text": "في 12 مارس 2026 حذف البرلمان البند الذي كان يُخضع التجمعات لترخيص. شكرًا لمن وقّعوا، وعددهم 612.",
    "long_word": "فسيستخدمونهماوسيستعملونهاوليستخرجونهماوسيستقبلونهما",
    "places": [
        {"name": "جمهورية الكونغو الديمقراطية", "url": "#places", "role": "حدث هنا"},
        {"name": "ميانمار (بورما)", "url": "#places", "role": "حدث هنا"},
        {"name": "الولايات المتحدة", "url": "#places", "role": "فعل السلطات", "actor": True},
        {"name": "فلسطين", "url": "#places"},
        {"name": "في العالم كله"},
    ],
    "table": [("بلجيكا", "120", "38 %"), ("فرنسا", "90", "29 %"), ("بلدان أخرى", "102", "33 %")],
    "text": [
        "يُكتب النص الطويل بعرض يسمح للعين بأن تجد السطر التالي، وقد يضم رابطًا إلى نتيجة، وكلمة بارزة وأخرى مؤكدة.",
        "وتليه فقرة ثانية على بعد سطر.",
    ],
    "quote": "الحق في الاحتجاج يلفت النظر إلى الانتهاكات وإلى من يستطيع إنهاءها.",
    "quote_by": "متحدثة متخيَّلة، بنصّ كلامها",
}
