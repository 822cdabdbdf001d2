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
  case "account":
    void import("./pages/account").then((page) => page.startAccount());
    break;
  case "account-sign-in":
    void import("./pages/account_entry").then((page) => page.startSignIn());
    break;
  case "account-sign-up":
    void import("./pages/account_entry").then((page) => page.startSignUp());
    break;
  case "account-verify":
    void import("./pages/account_entry").then((page) => page.startVerify());
    break;
  case "account-reset":
    void import("./pages/account_entry").then((page) => page.startReset());
    break;
}
