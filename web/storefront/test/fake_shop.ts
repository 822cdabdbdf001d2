import { calculateJwkThumbprint, compactDecrypt, exportJWK, generateKeyPair } from "jose";
import { vi } from "vitest";
import { type PublicJwk, seal } from "../src/seal/box";

export interface CallBox {
  v: number;
  purpose: string;
  method: string;
  params: Record<string, unknown>;
  reply_key: PublicJwk;
  nonce: string;
  expires_at: string;
}

type Answer = { result: unknown } | { status: number; code: string; detail?: string; retry?: string };

/** The private zone as a page sees it: opens call boxes and answers to their reply key. */
export class FakeShop {
  readonly boxes: CallBox[] = [];
  readonly requests: { path: string; body: string }[] = [];
  answer: (box: CallBox) => Answer | Promise<Answer> = () => ({ result: {} });

  static async open(): Promise<FakeShop> {
    const pair = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const key = { ...jwk, kid: await calculateJwkThumbprint(jwk) };
    const shop = new FakeShop();
    vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
      shop.requests.push({ path, body: String(init.body ?? "") });
      if (path.endsWith("/sealing-keys")) return Response.json({ keys: [key] });
      const { plaintext } = await compactDecrypt(String(init.body), pair.privateKey);
      return shop.reply(JSON.parse(new TextDecoder().decode(plaintext)) as CallBox);
    });
    return shop;
  }

  get last(): CallBox {
    const box = this.boxes.at(-1);
    if (box === undefined) throw new Error("nobody called");
    return box;
  }

  private async reply(box: CallBox): Promise<Response> {
    this.boxes.push(box);
    const answer = await this.answer(box);
    if ("result" in answer) {
      const text = JSON.stringify({ v: 1, method: box.method, result: answer.result });
      return new Response(await seal(text, { ...box.reply_key, kid: "" }));
    }
    const headers = answer.retry === undefined ? {} : { "retry-after": answer.retry };
    const problem = { ...answer, type: "about:blank", title: answer.code };
    return Response.json(problem, { status: answer.status, headers });
  }
}
