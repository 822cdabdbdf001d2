import { describe, expect, it } from "vitest";
import type { Permission } from "../src/api/types";
import { homeOf, menuOf, PAGES, placeOf } from "../src/app/pages";
import { nextPathOf } from "../src/app/router";
import { parseSettings, preferredLanguage } from "../src/app/settings";

const names = (permissions: Permission[]): string[] => menuOf(permissions).map(({ name }) => name);

describe("menu", () => {
  it.each<[Permission, string[]]>([
    ["shop.read", ["overview"]],
    ["orders.read", ["orders", "declined"]],
    ["customers.reveal", ["customers"]],
    ["stock.read", ["stock"]],
    ["leases.read", ["leases"]],
    ["audit.read", ["audit"]],
    ["keys.read", ["keys"]],
    ["approvals.read", ["approvals"]],
    ["staff.read", ["staff", "roles", "tokens"]],
    ["staff.manage", []],
  ])("%s", (permission, expected) => {
    expect(names([permission])).toEqual(expected);
  });

  it("has nothing for nobody and everything for an owner", () => {
    expect(names([])).toEqual([]);
    expect(names(PAGES.map(({ permission }) => permission))).toHaveLength(PAGES.length);
  });

  it("starts where one may be", () => {
    expect(homeOf(["shop.read", "orders.read"])).toBe("/");
    expect(homeOf(["stock.read"])).toBe("/stock");
    expect(homeOf([])).toBe("/account");
  });
});

describe("places", () => {
  it("denies by default", () => {
    for (const { path } of PAGES) expect(placeOf(path, []).kind).toBe("not_allowed");
    expect(placeOf("/orders/ord_1", ["shop.read"]).kind).toBe("not_allowed");
  });

  it("knows orders by their id and nothing beyond", () => {
    expect(placeOf("/orders/ord_1x", ["orders.read"])).toMatchObject({
      kind: "page",
      id: "ord_1x",
    });
    expect(placeOf("/orders/ord_1/x", ["orders.read"]).kind).toBe("not_found");
    expect(placeOf("/orders/..", ["orders.read"]).kind).toBe("not_found");
    expect(placeOf("/elsewhere", []).kind).toBe("not_found");
    expect(placeOf("/account", []).kind).toBe("account");
  });
});

describe("after sign-in", () => {
  it.each([
    [{ next: "/orders/ord_1" }, "/orders/ord_1"],
    [{ next: "/stock?sku=A" }, "/stock?sku=A"],
    [{ next: "//evil.example" }, "/"],
    [{ next: "/\\evil.example" }, "/"],
    [{ next: "https://evil.example" }, "/"],
    [{ next: "/sign-in" }, "/"],
    [{ next: "/enrol" }, "/"],
    [{ next: 7 }, "/"],
    [null, "/"],
  ])("%j goes to %s", (state, path) => {
    expect(nextPathOf(state)).toBe(path);
  });
});

describe("settings", () => {
  it.each([
    [["id-ID", "en"], "id"],
    [["in"], "id"],
    [["nl", "id"], "id"],
    [["en-US"], "en"],
    [["ja"], "en"],
    [[], "en"],
  ] as const)("%j", (languages, expected) => {
    expect(preferredLanguage(languages)).toBe(expected);
  });

  it("keeps what was chosen and nothing else", () => {
    expect(parseSettings('{"language":"en","theme":"dark"}', ["id"])).toEqual({
      language: "en",
      theme: "dark",
    });
    const fresh = { language: "id", theme: "system" };
    for (const text of [null, "", "7", "null", "{", '{"language":"xx","theme":7}']) {
      expect(parseSettings(text, ["id"])).toEqual(fresh);
    }
  });
});
