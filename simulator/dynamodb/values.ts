/** DynamoDB's way to write values: each with the letters of its type. */
export type AttributeValue = Readonly<Record<string, unknown>>;

export function plain(value: AttributeValue): unknown {
  const [[type, inner]] = Object.entries(value);
  switch (type) {
    case 'N': return Number(inner);
    case 'NULL': return null;
    case 'L': return (inner as AttributeValue[]).map(plain);
    case 'M': return plainItem(inner as Record<string, AttributeValue>);
    default: return inner;
  }
}

export function plainItem(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}
