// The admin's picker leaves the part that shows the choice without a name for those who only hear it: it gets the field's.
function name(root) {
  for (const shown of root.querySelectorAll(".select2-selection__rendered[role=textbox]")) {
    const field = shown.closest(".select2-container").previousElementSibling;
    const label = field && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (label) shown.setAttribute("aria-label", label.textContent.trim());
  }
}

window.addEventListener("load", () => name(document));
document.addEventListener("formset:added", (event) => name(event.target));
