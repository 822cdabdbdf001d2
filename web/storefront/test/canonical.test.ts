import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  type ClearPart,
  base64url,
  canonicalJson,
  clearHash,
  clearText,
} from "../src/seal/canonical";

interface Vector {
  name: string;
  clear: ClearPart;
  text: string;
  hash: string;
}

// The C++ side reads the same file: src/link/sealing/clear_hash_vectors_test.cpp.
const vectors = JSON.parse(
  readFileSync(new URL("../../../tests/interop/clear_hash.json", import.meta.url), "utf8"),
) as Vector[];

test.each(vectors)("clear part: $name", async ({ clear, text, hash }) => {
  expect(clearText(clear)).toBe(text);
  expect(await clearHash(clear)).toBe(hash);
});

test.each([
  [{ b: 1, a: [true, null, "x"] }, '{"a":[true,null,"x"],"b":1}'],
  [{ "\u20ac": 1, "\r": 2, "1": 3, "\u{1f600}": 4 }, '{"\\r":2,"1":3,"€":1,"😀":4}'],
  ['"\\\u0007\u007f/é', '"\\"\\\\\\u0007\u007f/é"'],
  [[], "[]"],
])("canonical form of %j", (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test.each([0.5, 2 ** 53, Number.NaN])("%d has no canonical form", (value) => {
  expect(() => canonicalJson({ value })).toThrow(RangeError);
});

test("base64url has no padding and no URL characters", () => {
  expect(base64url(new Uint8Array([0xfb, 0xff, 0xfe, 1]))).toBe("-__-AQ");
});
