let table: Readonly<Record<string, string>> | undefined;

function words(): Readonly<Record<string, string>> {
  if (table !== undefined) return table;
  try {
    const parsed: unknown = JSON.parse(document.body.dataset['words'] ?? '{}');
    table = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, string>) : {};
  } catch {
    table = {};
  }
  return table;
}

/** A text of the page in the person's language: the host puts the translations into `data-words` of the body. {0}, {1} … are filled in. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  const known = words();
  const translated = Object.hasOwn(known, text) ? known[text] : undefined;
  return (translated ?? text).replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}
