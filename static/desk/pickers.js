// The admin's picker leaves the part that shows the choice without a name for those who only hear it: it gets the
// field's. Pickers appear when their own script comes to it, and with each new row.
function name() {
  for (const shown of document.querySelectorAll(".select2-selection__rendered[role=textbox]:not([aria-label])")) {
    const field = shown.closest(".select2-container").previousElementSibling;
    const label = field && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (label) shown.setAttribute("aria-label", label.textContent.trim());
  }
}

name();
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
