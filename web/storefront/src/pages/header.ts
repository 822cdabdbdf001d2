import { onCartChange, readCart } from "../shop/cart";
import { need } from "../ui/dom";
import { say } from "../ui/page";

const YEAR_S = 31_536_000;

function showCount(): void {
  const badge = need("[data-cart-badge]");
  const count = readCart().reduce((sum, line) => sum + line.quantity, 0);
  badge.textContent = count === 0 ? "" : count > 99 ? "99+" : String(count);
  badge.parentElement?.setAttribute(
    "aria-label",
    say("cart_count", { count: String(count) }),
  );
}

/** The number on the cart, and the language remembered for the next visit to "/". */
export function startHeader(): void {
  if (document.querySelector("[data-cart-badge]") === null) return;
  showCount();
  onCartChange(showCount);
  for (const choice of document.querySelectorAll<HTMLElement>("[data-locale][hreflang]")) {
    choice.addEventListener("click", () => {
      if (location.protocol !== "https:") return; // __Host- cookies need it
      const locale = choice.dataset["locale"] ?? "";
      document.cookie = `__Host-locale=${locale}; Path=/; Secure; SameSite=Lax; Max-Age=${YEAR_S}`;
    });
  }
}
