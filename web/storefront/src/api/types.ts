import type { components } from "./schema";

type Schemas = components["schemas"];
export type Money = Schemas["Money"];
export type Product = Schemas["Product"];
export type ProductList = Schemas["ProductList"];
export type Variant = Schemas["Variant"];
export type Destination = Schemas["Destination"];
export type LineRequest = Schemas["LineRequest"];
export type QuoteRequest = Schemas["QuoteRequest"];
export type Quote = Schemas["Quote"];
export type OrderRequest = Schemas["OrderRequest"];
export type Order = Schemas["Order"];
export type PlacedOrder = Schemas["PlacedOrder"];
export type Problem = Schemas["Problem"];
export type ShortLine = Schemas["OutOfStockProblem"]["lines"][number];
