// What the tests ask on standard input: {"credential": …, "documents": {url: document, …}}.
// A verifier sees these documents and nothing else: no script here reaches a network.

export async function readQuestion() {
  const parts = [];
  for await (const part of process.stdin) {
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

export function answer(verified, reasons) {
  process.stdout.write(JSON.stringify({verified, reasons}) + '\n');
}

export function words(error) {
  const inner = [...(error?.errors ?? []), error?.cause].filter(Boolean);
  return [String(error?.message ?? error), ...inner.flatMap(words)];
}
