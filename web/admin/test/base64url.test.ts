import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../src/api/base64url";
import { assertionOf, creationOptionsOf, requestOptionsOf } from "../src/api/webauthn";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

describe("base64url", () => {
  it.each([
    ["", []],
    ["AA", [0]],
    ["-_8", [0xfb, 0xff]],
    ["AQID", [1, 2, 3]],
    ["_____w", [255, 255, 255, 255]],
  ])("%s", (text, values) => {
    expect(toBase64url(bytes(...values))).toBe(text);
    expect([...new Uint8Array(fromBase64url(text))]).toEqual(values);
  });

  it("keeps every byte", () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(new Uint8Array(fromBase64url(toBase64url(all.buffer)))).toEqual(all);
  });

  it.each(["A", "AA==", "+/8", "AQ ID", "é"])("refuses %s", (text) => {
    expect(() => fromBase64url(text)).toThrow(TypeError);
  });
});

describe("passkeys", () => {
  it("makes bytes of request options and leaves the rest", () => {
    const options = requestOptionsOf({
      challenge: "AQID",
      rpId: "localhost",
      userVerification: "required",
      allowCredentials: [{ type: "public-key", id: "-_8", transports: ["usb"] }],
    });
    expect(new Uint8Array(options.challenge as ArrayBuffer)).toEqual(bytes(1, 2, 3));
    expect(options.rpId).toBe("localhost");
    expect(options.userVerification).toBe("required");
    const [allowed] = options.allowCredentials ?? [];
    expect(new Uint8Array(allowed?.id as ArrayBuffer)).toEqual(bytes(0xfb, 0xff));
    expect(allowed?.transports).toEqual(["usb"]);
  });

  it("makes bytes of creation options", () => {
    const options = creationOptionsOf({
      challenge: "AQID",
      rp: { id: "localhost", name: "Toko" },
      user: { id: "AA", name: "sari@example.com", displayName: "Sari" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      excludeCredentials: [{ type: "public-key", id: "AQID" }],
    });
    expect(new Uint8Array(options.user.id as ArrayBuffer)).toEqual(bytes(0));
    expect(options.user.displayName).toBe("Sari");
    expect(options.pubKeyCredParams).toEqual([{ type: "public-key", alg: -7 }]);
    expect(options.excludeCredentials).toHaveLength(1);
  });

  it("does not go on without a challenge or a user", () => {
    expect(() => requestOptionsOf({})).toThrow(TypeError);
    expect(() => creationOptionsOf({ challenge: "AQID" })).toThrow(TypeError);
  });

  it("writes an assertion as the API reads it", () => {
    const response = {
      clientDataJSON: bytes(1).buffer as ArrayBuffer,
      authenticatorData: bytes(2).buffer as ArrayBuffer,
      signature: bytes(0xfb, 0xff).buffer as ArrayBuffer,
    };
    expect(assertionOf(bytes(3).buffer as ArrayBuffer, response)).toEqual({
      credential_id: "Aw",
      client_data_json: "AQ",
      authenticator_data: "Ag",
      signature: "-_8",
    });
  });
});
