// Numbers that a reader types: taken over where they are valid, refused beside their field otherwise.
(() => {
  // Put the number of a field where its name says; return whether it was one.
  RR.put = (field, given, message) => {
    const path = field.dataset.put.split(" ");
    const place = path.pop();
    const valid = field.checkValidity();
    field.setAttribute("aria-invalid", !valid);
    warn(field.parentElement, message);
    if (valid) path.reduce((inside, name) => inside[name], given)[place] = field.valueAsNumber;
    return valid;
  };

  // Take a refusal back: the field has a new number that nobody typed.
  RR.accept = (field) => {
    field.removeAttribute("aria-invalid");
    warn(field.parentElement);
  };

  // One message per vector, beside its fields, as long as one of them is wrong.
  const warn = (fields, message) => {
    const wrong = fields.querySelector('[aria-invalid="true"]');
    const shown = fields.querySelector(".rr-invalid");
    if (!wrong) shown?.remove();
    if (!wrong || shown) return;
    const made = document.createElement("span");
    made.className = "rr-invalid";
    made.textContent = message;
    made.setAttribute("role", "alert");
    fields.append(made);
  };
})();
