import { describe, expect, it, vi } from "vitest";
import { makeCall } from "../src/api/call";
import { Refusal, retryAfterOf, StepUpDeclined, Unanswered } from "../src/api/refusal";

interface Fake {
  data?: { id: string };
  error?: unknown;
  response: Response;
}

const done: Fake = { data: { id: "ord_1" }, response: new Response(null, { status: 200 }) };

function refused(status: number, code: string, headers: Record<string, string> = {}): Fake {
  const error = { type: "about:blank", title: "No.", status, code };
  return { error, response: new Response(null, { status, headers }) };
}

/** Answers one by one; the last stays. */
function sender(...answers: Fake[]): () => Promise<Fake> {
  let at = 0;
  return vi.fn(async () => answers[Math.min(at++, answers.length - 1)] ?? done);
}

function setUp(isConfirmed = true) {
  const hooks = { stepUp: vi.fn(async () => isConfirmed), signedOut: vi.fn() };
  return { hooks, call: makeCall(hooks) };
}

describe("call", () => {
  it("asks nothing where nothing is wanted", async () => {
    const { hooks, call } = setUp();
    await expect(call(sender(done))).resolves.toEqual({ id: "ord_1" });
    expect(hooks.stepUp).not.toHaveBeenCalled();
  });

  it("asks for a second factor and repeats the call", async () => {
    const { hooks, call } = setUp();
    const send = sender(refused(403, "step_up_required"), done);
    await expect(call(send)).resolves.toEqual({ id: "ord_1" });
    expect(hooks.stepUp).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("repeats only once", async () => {
    const { hooks, call } = setUp();
    const send = sender(refused(403, "step_up_required"));
    await expect(call(send)).rejects.toMatchObject({ code: "step_up_required" });
    expect(hooks.stepUp).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("does not repeat what the person declined", async () => {
    const { call } = setUp(false);
    const send = sender(refused(403, "step_up_required"), done);
    await expect(call(send)).rejects.toBeInstanceOf(StepUpDeclined);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("asks once for calls that are refused together, and anew later", async () => {
    const { hooks, call } = setUp();
    const one = (): (() => Promise<Fake>) => sender(refused(403, "step_up_required"), done);
    await Promise.all([call(one()), call(one())]);
    expect(hooks.stepUp).toHaveBeenCalledTimes(1);
    await call(one());
    expect(hooks.stepUp).toHaveBeenCalledTimes(2);
  });

  it("does not ask where the role forbids", async () => {
    const { hooks, call } = setUp();
    await expect(call(sender(refused(403, "forbidden")))).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(hooks.stepUp).not.toHaveBeenCalled();
  });

  it("tells that the session may have ended", async () => {
    const { hooks, call } = setUp();
    await expect(call(sender(refused(401, "unauthenticated")))).rejects.toBeInstanceOf(Refusal);
    expect(hooks.signedOut).toHaveBeenCalledTimes(1);
  });

  it("keeps a refusal apart from no answer", async () => {
    const { call } = setUp();
    const send = async (): Promise<Fake> => {
      throw new TypeError("Failed to fetch");
    };
    await expect(call(send)).rejects.toBeInstanceOf(Unanswered);
  });

  it("reads Retry-After", async () => {
    const { call } = setUp();
    const send = sender(refused(429, "overloaded", { "Retry-After": "45" }));
    await expect(call(send)).rejects.toMatchObject({ retryAfterS: 45 });
    const now = new Date("2026-11-22T10:00:00Z");
    expect(retryAfterOf("Sun, 22 Nov 2026 10:01:30 GMT", now)).toBe(90);
    expect(retryAfterOf("Sun, 22 Nov 2026 09:00:00 GMT", now)).toBe(0);
    expect(retryAfterOf("soon", now)).toBe(0);
    expect(retryAfterOf(null, now)).toBe(0);
  });

  it("makes a problem of an answer that is none", async () => {
    const { call } = setUp();
    const page = (status: number): Fake => ({
      error: "<html>",
      response: new Response(null, { status }),
    });
    await expect(call(sender(page(502)))).rejects.toMatchObject({ code: "unavailable" });
    await expect(call(sender(page(418)))).rejects.toMatchObject({ code: "internal" });
  });
});
