import type { Assertion, Attestation, PasskeyOptions } from "../seal/account";
import { base64url } from "../seal/canonical";

type Json = PasskeyOptions["options"];

/** The person closed the browser's passkey dialog, or it ran out of time. */
export class PasskeyDismissed extends Error {}

/** This device holds a passkey of the account already. */
export class PasskeyKnown extends Error {}

export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential !== "undefined" && "credentials" in navigator;
}

/** Throws a TypeError where the text is not base64url. */
export function fromBase64url(text: string): ArrayBuffer {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new TypeError("not base64url");
  }
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}

function textOf(json: Json, name: string): string {
  const value = json[name];
  if (typeof value !== "string") throw new TypeError(`passkey options have no ${name}`);
  return value;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function descriptorsOf(value: unknown): PublicKeyCredentialDescriptor[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJson).map((item) => ({
    type: "public-key",
    id: fromBase64url(textOf(item, "id")),
    ...(Array.isArray(item["transports"])
      ? { transports: item["transports"] as AuthenticatorTransport[] }
      : {}),
  }));
}

/** PublicKeyCredentialRequestOptionsJSON with its bytes as bytes; members that carry none stay. */
export function requestOptionsOf(json: Json): PublicKeyCredentialRequestOptions {
  return {
    ...json,
    challenge: fromBase64url(textOf(json, "challenge")),
    allowCredentials: descriptorsOf(json["allowCredentials"]),
  };
}

/** PublicKeyCredentialCreationOptionsJSON with its bytes as bytes. */
export function creationOptionsOf(json: Json): PublicKeyCredentialCreationOptions {
  const user = json["user"];
  if (!isJson(user)) throw new TypeError("passkey options have no user");
  return {
    ...(json as unknown as PublicKeyCredentialCreationOptions),
    challenge: fromBase64url(textOf(json, "challenge")),
    user: {
      id: fromBase64url(textOf(user, "id")),
      name: textOf(user, "name"),
      displayName: textOf(user, "displayName"),
    },
    excludeCredentials: descriptorsOf(json["excludeCredentials"]),
  };
}

const text = (bytes: ArrayBuffer) => base64url(new Uint8Array(bytes));

export function assertionOf(
  rawId: ArrayBuffer,
  response: Pick<
    AuthenticatorAssertionResponse,
    "clientDataJSON" | "authenticatorData" | "signature"
  >,
): Assertion {
  return {
    credential_id: text(rawId),
    client_data_json: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  };
}

async function asked(answer: Promise<Credential | null>): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await answer;
  } catch (error) {
    if (error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name)) {
      throw new PasskeyDismissed();
    }
    if (error instanceof DOMException && error.name === "InvalidStateError") {
      throw new PasskeyKnown();
    }
    throw error;
  }
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyDismissed();
  return credential;
}

export async function assertWith(json: Json): Promise<Assertion> {
  const credential = await asked(navigator.credentials.get({ publicKey: requestOptionsOf(json) }));
  return assertionOf(credential.rawId, credential.response as AuthenticatorAssertionResponse);
}

export async function attestWith(json: Json): Promise<Attestation> {
  const credential = await asked(
    navigator.credentials.create({ publicKey: creationOptionsOf(json) }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    client_data_json: text(response.clientDataJSON),
    attestation_object: text(response.attestationObject),
  };
}
