import { api, call } from "../../api/client";
import type { Passkey } from "../../api/types";
import { attestWith } from "../../api/webauthn";
import { deviceOf } from "./device";

export function thisDevice(): string {
  return deviceOf(navigator.userAgent);
}

export async function addPasskey(label: string): Promise<Passkey> {
  const options = await call(() => api.POST("/me/passkeys/options"));
  const attestation = await attestWith(options, label.trim());
  return call(() => api.POST("/me/passkeys", { body: attestation }));
}
