/** Filters and sorting apply as soon as they are chosen. */
export function startListing(): void {
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) {
      if (target.dataset["submits"] !== undefined) target.form?.requestSubmit();
    }
  });
  // Empty choices would only make addresses longer.
  document.querySelector("#filter-form")?.addEventListener("formdata", (event) => {
    const { formData } = event as FormDataEvent;
    for (const name of [...new Set(formData.keys())]) {
      const values = formData.getAll(name).filter((value) => value !== "");
      formData.delete(name);
      for (const value of values) formData.append(name, value);
    }
  });
}
