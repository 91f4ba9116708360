import { invalidFields } from './errors';

export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/**
 * A page of `items`, and the opaque token of the next one. The token names the last item that was shown, so that what is added
 * between two pages neither hides nor repeats an item.
 */
export function page<T>(items: readonly T[], idOf: (item: T) => string, request: PageRequest, pageSize: number): { items: T[]; nextToken?: string } {
  const first = request.nextToken === undefined ? 0 : positionAfter(request.nextToken, items.map(idOf));
  const size = request.maxResults ?? pageSize;
  const shown = items.slice(first, first + size);
  return { items: shown, nextToken: first + size < items.length ? encode(idOf(shown.at(-1)!)) : undefined };
}

function positionAfter(token: string, ids: string[]): number {
  const position = ids.indexOf(Buffer.from(token, 'base64url').toString());
  if (position < 0) throw invalidFields([{ name: 'nextToken', message: 'Member must be a token that a list returned' }]);
  return position + 1;
}

function encode(id: string): string {
  return Buffer.from(id).toString('base64url');
}
