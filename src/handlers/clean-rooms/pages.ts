interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * All pages of a list, or, where the list begins with its newest, those since a moment: which order lists have is not documented,
 * so it is seen from the first page.
 */
export async function allPages<T extends { readonly createdAt: number }>(
  read: (nextToken?: string) => Promise<Page<T>>, since?: number, most = Infinity,
): Promise<T[]> {
  const found: T[] = [];
  let nextToken: string | undefined;
  let pages = 0;
  do {
    const page = await read(nextToken);
    found.push(...page.items);
    nextToken = page.nextToken;
    pages++;
  } while (nextToken && pages < most && !(since !== undefined && isNewestFirst(found) && found[found.length - 1].createdAt < since));
  return found;
}

const isNewestFirst = (items: readonly { readonly createdAt: number }[]): boolean =>
  items.length > 1 && items[0].createdAt > items[items.length - 1].createdAt
  && items.every(({ createdAt }, index) => index === 0 || createdAt <= items[index - 1].createdAt);
