import type { PasskeyAssertion, PasskeyAttestation } from "./types";
import { fromBase64url, toBase64url } from "./base64url";

/** The person closed the browser's passkey dialog, or it ran out of time. */
export class PasskeyDismissed extends Error {}

type Json = Readonly<Record<string, unknown>>;

export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential !== "undefined" && "credentials" in navigator;
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

export function assertionOf(
  rawId: ArrayBuffer,
  response: Pick<
    AuthenticatorAssertionResponse,
    "clientDataJSON" | "authenticatorData" | "signature"
  >,
): PasskeyAssertion {
  return {
    credential_id: toBase64url(rawId),
    client_data_json: toBase64url(response.clientDataJSON),
    authenticator_data: toBase64url(response.authenticatorData),
    signature: toBase64url(response.signature),
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
    throw error;
  }
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyDismissed();
  return credential;
}

export async function assertWith(json: Json): Promise<PasskeyAssertion> {
  const credential = await asked(navigator.credentials.get({ publicKey: requestOptionsOf(json) }));
  return assertionOf(credential.rawId, credential.response as AuthenticatorAssertionResponse);
}

export async function attestWith(json: Json, label: string): Promise<PasskeyAttestation> {
  const credential = await asked(
    navigator.credentials.create({ publicKey: creationOptionsOf(json) }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    label,
    client_data_json: toBase64url(response.clientDataJSON),
    attestation_object: toBase64url(response.attestationObject),
  };
}
