// Boxes between our sealing code and npm jose, both ways, and jose's boxes that we must refuse.
// Usage: node interop.mjs <the dermaga_interop program>
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as jose from 'jose';

const child = spawn(process.argv[2], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
async function ask(line) {
  child.stdin.write(line + '\n');
  return (await answers.next()).value;
}

const encode = (text) => new TextEncoder().encode(text);
const ours = JSON.parse(await ask('key'));
const { d: _, ...oursPublic } = ours;
assert.equal(ours.kid, await jose.calculateJwkThumbprint(oursPublic));

async function sealByJose(text, header, key) {
  return new jose.CompactEncrypt(encode(text)).setProtectedHeader(header).encrypt(key);
}

const accepted = { alg: 'ECDH-ES', enc: 'A256GCM' };
const texts = ['{}', '{"name":"Sari Déwi 🛵"}', JSON.stringify({ x: 'y'.repeat(5000) })];
for (const text of texts) {
  const key = await jose.importJWK(oursPublic, 'ECDH-ES');
  for (const header of [accepted, { ...accepted, kid: ours.kid }, { ...accepted, typ: 'JWE' }]) {
    const box = await sealByJose(text, header, key);
    assert.equal(await ask(`open ${box}`), jose.base64url.encode(text));
  }
}

for (let i = 0; i < 20; ++i) {
  const pair = await jose.generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const theirs = await jose.exportJWK(pair.publicKey);
  assert.equal(await ask(`thumbprint ${JSON.stringify(theirs)}`),
    await jose.calculateJwkThumbprint(theirs));
  for (const text of texts) {
    const box = await ask(`seal ${JSON.stringify(theirs)} ${jose.base64url.encode(text)}`);
    const opened = await jose.compactDecrypt(box, pair.privateKey);
    assert.equal(opened.plaintext.length % 1024, 0);
    assert.equal(new TextDecoder().decode(opened.plaintext).trimEnd(), text);
    assert.equal(opened.protectedHeader.alg, 'ECDH-ES');
  }
}

const refusals = [
  [{ ...accepted, enc: 'A128GCM' }, oursPublic, 'box_algorithm'],
  [{ ...accepted, enc: 'A256CBC-HS512' }, oursPublic, 'box_algorithm'],
  [{ ...accepted, alg: 'ECDH-ES+A256KW' }, oursPublic, 'box_algorithm'],
  [{ ...accepted, kid: 'other' }, oursPublic, 'box_unknown_key'],
  [{ ...accepted, iss: 'someone' }, oursPublic, 'box_algorithm'],
];
for (const [header, jwk, code] of refusals) {
  const box = await sealByJose('{}', header, await jose.importJWK(jwk, header.alg));
  assert.equal(await ask(`open ${box}`), `refused ${code}`, JSON.stringify(header));
}
const p384 = await jose.generateKeyPair('ECDH-ES', { crv: 'P-384' });
assert.equal(await ask(`open ${await sealByJose('{}', accepted, p384.publicKey)}`),
  'refused box_algorithm');
const direct = await sealByJose('{}', { alg: 'dir', enc: 'A256GCM' }, new Uint8Array(32));
assert.equal(await ask(`open ${direct}`), 'refused box_algorithm');
const password = await sealByJose('{}', { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM' },
  encode('password'));
assert.equal(await ask(`open ${password}`), 'refused box_algorithm');
const stranger = await jose.generateKeyPair('ECDH-ES', { crv: 'P-256' });
assert.equal(await ask(`open ${await sealByJose('{}', accepted, stranger.publicKey)}`),
  'refused box_unreadable');

child.stdin.end();
console.log('boxes of npm jose and ours agree');
