import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import * as ts from 'typescript';

const SOURCES = join(__dirname, '..', 'src');

/** The modules whose exports users see. */
const sources = readdirSync(SOURCES).filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .map((file) => ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.ES2022, true));

interface Documented {
  readonly name: string;
  readonly optional: boolean;
  readonly readonly: boolean;
  readonly doc: string;
}

const docOf = (node: ts.Node): string => ts.getJSDocCommentsAndTags(node).map((comment) => comment.getText()).join('\n');
const has = (node: ts.Node, kind: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
const isExported = (node: ts.Node): boolean => has(node, ts.SyntaxKind.ExportKeyword);
const isPublic = (node: ts.Node): boolean => !has(node, ts.SyntaxKind.PrivateKeyword) && !has(node, ts.SyntaxKind.ProtectedKeyword);

const exported = sources.flatMap((source) => source.statements
  .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement))
  .filter(isExported));

const props: Documented[] = exported.filter(ts.isInterfaceDeclaration).flatMap(({ name: owner, members }) =>
  members.filter(ts.isPropertySignature).map((member) => ({
    name: `${owner.text}.${member.name.getText()}`,
    optional: member.questionToken !== undefined,
    readonly: has(member, ts.SyntaxKind.ReadonlyKeyword),
    doc: docOf(member),
  })));

const publicMembers: [string, string][] = exported.filter((node) => !ts.isInterfaceDeclaration(node)).flatMap((node) =>
  [...node.members].filter(isPublic).map((member): [string, string] =>
    [`${node.name?.text ?? ''}.${member.name?.getText() ?? 'constructor'}`, docOf(member)]));

test('there is something to look at', () => {
  expect(props.length).toBeGreaterThan(20);
  expect(publicMembers.length).toBeGreaterThan(20);
});

test.each(props.map(({ name, ...rest }) => [name, rest] as const))('%s is readonly, says what it is, and its default where it may be left out', (_, prop) => {
  expect(prop.readonly).toBe(true);
  expect(prop.doc).toMatch(/\/\*\*\s+(\* )?[A-Z]/);
  expect(/@default .{4}|@default \w+/.test(prop.doc)).toBe(prop.optional);
});

test.each(exported.map((node) => [node.name?.text ?? '', docOf(node)]))('%s says what it is', (_, doc) => {
  expect(doc).toMatch(/[A-Z].*\./s);
});

test.each(publicMembers)('%s says what it is or does', (_, doc) => {
  expect(doc).toMatch(/\w.*[\w.]/s);
});
