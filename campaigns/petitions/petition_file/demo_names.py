"""Invented names for a demonstration, in the scripts of the countries that people sign from."""

from __future__ import annotations

from random import Random

# Given names and family names that are common where the language is spoken; together they are nobody in particular.
_POOLS: dict[str, tuple[str, str]] = {
    "en": (
        "Amelia Noah Grace Oliver Zoe Marcus Ruth Callum Priya Desmond Hazel Tobias",
        "Whitfield Okafor Marlow Sinclair Hartley Bexley Adeyemi Carver Lindqvist Prescott Rowntree Fenwick",
    ),
    "fr": (
        "Élodie Matthieu Océane Thibault Inès Gaëtan Maëlle Rémi Aïcha Joséphine Loïc Noémie",
        "Delacourt Vanbrabant Lefèvre Moulinier Crèvecœur Dujardin Peeters Sagnier Beaulieu Ferrand Lacombe Roussel",
    ),
    "nl": (
        "Fleur Daan Sanne Joris Lotte Bram Femke Stijn Noor Wout Marijke Thijs",
        "Verbeeck Dijkman Hoekstra Claessens Zonneveld Brouwer Meulenaer Rietveld Coppens Wouterse Lammers Kuiper",
    ),
    "de": (
        "Jördis Lukas Käthe Moritz Anneliese Jonas Frieda Özgür Matthias Svenja Lorenz Greta",
        "Möllenkamp Sternberg Weißhaupt Kaltenbach Rosenthal Büchner Yıldız Grünewald Hallmann Vossler Thiele Krämer",
    ),
    "es": (
        "Lucía Andrés Ximena Joaquín Maite Íñigo Rocío Hernán Belén Tomás Noelia Óscar",
        "Villanueva Quiroga Etxeberria Peñalver Montoya Ibáñez Cárdenas Salvatierra Núñez Bermúdez Acosta Ledesma",
    ),
    "pt": (
        "Luíza Thiago Conceição Caio Jussara Otávio Beatriz João Iara Murilo Débora Raimundo",
        "Cavalcanti Figueiredo Brandão Assunção Magalhães Tavares Vasconcelos Queiroz Amaral Guimarães Teles Pontes",
    ),
    "it": (
        "Chiara Niccolò Ginevra Raffaele Serena Ettore Benedetta Cosimo Ornella Fabrizio Letizia Dario",
        "Bellandi Marchesini Fontana Tedeschi Corsaro Vianello Galimberti Rinaldi Scarpa Ottaviani Moretti Zanella",
    ),
    "pl": (
        "Zofia Michał Jagoda Łukasz Bożena Stanisław Kinga Paweł Grażyna Wojciech Małgorzata Tadeusz",
        "Wiśnicki Gołębiewska Zając Kowalczyk Śliwa Dąbek Krawiec Żurek Mazurek Piątek Sobczak Lis",
    ),
    "ar": (
        "ليلى كريم سلمى ياسين نور هادي رانيا طارق مريم سامي هند فادي",
        "الحدّاد بنعيسى الخطيب النجار المصري الزعبي قاسم الشامي العلوي بوعزة حداد الصفدي",
    ),
    "hi": (
        "अनन्या रोहन मीनाक्षी अर्जुन किरण कविता सुरेश पूजा विवेक नंदिनी आदित्य लक्ष्मी",
        "वर्मा अय्यर चौधरी मिश्रा देशपांडे नायर राठौड़ बनर्जी सक्सेना कुलकर्णी शेट्टी गुप्ता",
    ),
    "hy": (
        "Անահիտ Տիգրան Լուսինե Արամ Նարե Գևորգ Շուշան Հայկ Մարիամ Վահե Սոնա Դավիթ",
        "Պետրոսյան Գրիգորյան Սարգսյան Հակոբյան Մկրտչյան Ավագյան Մանուկյան Սիմոնյան",
    ),
    "sr": (
        "Милица Стефан Јелена Огњен Драгана Немања Ивана Вук Љиљана Марко Тијана Ђорђе",
        "Петровић Јовановић Ђурић Живковић Њежић Миловановић Станковић Вељковић Ристић Павловић",
    ),
    "uk": (
        "Оксана Тарас Соломія Андрій Іванна Богдан Леся Євген Марічка Остап Дарина Юрій",
        "Коваленко Шевчук Гнатюк Бондаренко Лисенко Мельничук Ткаченко Кравець Поліщук Савченко",
    ),
    "zu": (
        "Nomvula Sipho Thandeka Kagiso Lerato Mandla Zanele Themba Naledi Bongani Ayanda Pieter",
        "Dlamini Mokoena Khumalo Ndlovu Mahlangu Botha Nkosi Sithole Zwane Molefe",
    ),
}
_SPOKEN: dict[str, str] = {
    "BE": "nl", "NL": "nl", "DE": "de", "AT": "de", "CH": "de", "ES": "es", "AR": "es", "DO": "es", "BR": "pt",
    "IT": "it", "PL": "pl", "IN": "hi", "AM": "hy", "RS": "sr", "UA": "uk", "ZA": "zu",
    "LB": "ar", "MA": "ar", "EG": "ar", "TN": "ar", "JO": "ar", "PS": "ar",
}  # fmt: skip


def name_from(country: str, lang: str, chance: Random) -> str:
    """A name from the country's language or the one the person reads in."""
    pool = lang if lang == "ar" or country not in _SPOKEN or chance.random() < 0.25 else _SPOKEN[country]
    given, family = _POOLS.get(pool, _POOLS["en"])
    return f"{chance.choice(given.split())} {chance.choice(family.split())}"
