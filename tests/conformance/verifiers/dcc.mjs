// Verifies one credential with the verifier core of the Digital Credentials Consortium, which
// VerifierPlus and the Learner Credential Wallet use: proof, expiry, status, schema.

import {answer, readQuestion, words} from './question.mjs';

const {credential, documents} = await readQuestion();

// The library says on stdout that a schema cannot be fetched; there the answer alone may stand.
console.log = console.error;

// The library fetches; it is given the documents of the question and a 404 for all else.
globalThis.fetch = async request => {
  const url = typeof request === 'string' ? request : request.url;
  const found = documents[url];
  return new Response(found ? JSON.stringify(found) : 'unknown here', {
    status: found ? 200 : 404,
    headers: {'content-type': 'application/json'}
  });
};

const {verifyCredential} = await import('@digitalcredentials/verifier-core');
const result = await verifyCredential({credential, knownDIDRegistries: []});
const steps = Object.fromEntries((result.log ?? []).map(step => [step.id, step]));
const wanted = ['valid_signature', 'expiration', 'revocation_status'];
const failures = wanted
  .filter(name => steps[name]?.valid !== true)
  .map(name => `${name}: ${JSON.stringify(steps[name] ?? null)}`);
const schemas = result.additionalInformation?.flatMap(entry => entry.results ?? []) ?? [];
const misfits = schemas
  .filter(entry => entry.result?.valid === false)
  .map(entry => `schema: ${JSON.stringify(entry.result.errors)}`);
const errors = (result.errors ?? []).flatMap(words);
answer(
  failures.length + misfits.length + errors.length === 0, [...failures, ...misfits, ...errors]
);
