interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * All pages of a list, or, where the list begins with its newest, those since a moment: which order lists have is not documented,
 * so it is seen from the first page.
 */
export async function allPages<T extends { readonly createTime: number }>(
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
  } while (nextToken && pages < most && !(since !== undefined && isNewestFirst(found) && found[found.length - 1].createTime < since));
  return found;
}

const isNewestFirst = (items: readonly { readonly createTime: number }[]): boolean =>
  items.length > 1 && items[0].createTime > items[items.length - 1].createTime
  && items.every(({ createTime }, index) => index === 0 || createTime <= items[index - 1].createTime);
