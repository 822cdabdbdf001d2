import { startHeader } from "./pages/header";

startHeader();

// Each page loads only what it needs; sealing comes with checkout and order status.
switch (document.body.dataset["page"]) {
  case "product":
    void import("./pages/product").then((page) => page.startProduct());
    break;
  case "category":
  case "search":
    void import("./pages/listing").then((page) => page.startListing());
    break;
  case "cart":
    void import("./pages/cart").then((page) => page.startCart());
    break;
  case "checkout":
    void import("./pages/checkout").then((page) => page.startCheckout());
    break;
  case "order":
    void import("./pages/order").then((page) => page.startOrder());
    break;
}
