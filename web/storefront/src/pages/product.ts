import { QUANTITY_MAX, addToCart } from "../shop/cart";
import { h, need } from "../ui/dom";
import { link, say } from "../ui/page";

let latestChoice = 0;

/** Loads the page of another option value and puts its product in the place of this one. */
async function showChoice(address: string, key: string): Promise<void> {
  const choice = ++latestChoice;
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const product = page.querySelector("#product");
  if (choice !== latestChoice || product === null) return;
  need("#product").replaceWith(document.adoptNode(product));
  history.replaceState(null, "", address);
  document.querySelector<HTMLElement>(`[data-option="${CSS.escape(key)}"]`)?.focus();
}

function onClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  const chip = target?.closest<HTMLAnchorElement>("a[data-option]");
  if (chip && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    showChoice(chip.href, chip.dataset["option"] ?? "").catch(() => location.assign(chip.href));
    return;
  }
  const step = target?.closest<HTMLElement>("#product [data-step]");
  if (step) {
    const input = need<HTMLInputElement>("#quantity");
    const wanted = (Number(input.value) || 1) + Number(step.dataset["step"]);
    input.value = String(Math.min(QUANTITY_MAX, Math.max(1, wanted)));
  }
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset["addToCart"] === undefined) return;
  event.preventDefault();
  const quantity = Number(need<HTMLInputElement>("#quantity", form).value);
  const isAdded = addToCart({
    variant_id: form.dataset["addToCart"],
    product: form.dataset["product"] ?? "",
    quantity: Math.min(QUANTITY_MAX, Math.max(1, Math.trunc(quantity) || 1)),
  });
  const answer = need("[data-answer]", form);
  if (isAdded) {
    answer.replaceChildren(say("added"), h("a", { href: link("/cart") }, say("added_link")));
  } else {
    answer.replaceChildren(say("add_failed"));
  }
}

// Listeners sit on the document, because the product is replaced when an option is chosen.
export function startProduct(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
}
