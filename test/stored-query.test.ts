import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, relative } from 'path';
import { CfnAnalysisTemplate } from 'aws-cdk-lib/aws-cleanrooms';
import { AllowedAnalysis, StoredQuery } from '../src';
import { MEMBERSHIP, synthesized } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { resourceOf } from './support/template';

const TYPE = 'AWS::CleanRooms::IntermediateTable';
const folder = mkdtempSync(join(tmpdir(), 'stored-query-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string, name = 'query.sql'): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const queryOf = (query: StoredQuery): unknown =>
  resourceOf(synthesized((stack) => makeIntermediateTable(stack, 'Table', { query })), TYPE).Properties.PopulationAnalysisConfiguration;

test.each<[string, () => StoredQuery, string]>([
  ['as it was given', () => StoredQuery.fromSql(' SELECT 1\n'), ' SELECT 1\n'],
  ['from a file', () => StoredQuery.fromFile(fileOf('SELECT ä\nFROM b')), 'SELECT ä\nFROM b'],
  ['from a file, whatever the platform ends lines with',
    () => StoredQuery.fromFile(fileOf('\uFEFFSELECT ä\r\nFROM b\r\n')), 'SELECT ä\nFROM b'],
  ['from a file that is found from where the app runs',
    () => StoredQuery.fromFile(relative(process.cwd(), fileOf('SELECT 1'))), 'SELECT 1'],
])('SQL stands in the template %s', (_, query, QueryString) => {
  expect(queryOf(query())).toEqual({ SqlParameters: { QueryString } });
});

test('an analysis template is in the table\'s query, and in what may be run on it, by its ARN', () => {
  const template = synthesized((stack) => {
    const analysis = new CfnAnalysisTemplate(stack, 'Template', {
      membershipIdentifier: MEMBERSHIP, name: 't', format: 'SQL', source: { text: 'SELECT 1' },
    });
    makeIntermediateTable(stack, 'Table', {
      query: StoredQuery.fromAnalysisTemplate(analysis), allowedAnalyses: [AllowedAnalysis.fromAnalysisTemplate(analysis)],
    });
  });
  const arn = { 'Fn::GetAtt': ['Template', 'Arn'] };
  expect(resourceOf(template, TYPE).Properties).toMatchObject({
    PopulationAnalysisConfiguration: { SqlParameters: { AnalysisTemplateArn: arn } },
    AnalysisRules: [{ Policy: { V1: { Custom: { AllowedAnalyses: [arn] } } } }],
  });
});

describe('promise 9: mistakes fail at synthesis', () => {
  test.each([
    ['is missing', () => join(folder, 'missing.sql'), /^Stack\/Table: the path of query is ".*missing.sql"\. There is no file .*missing.sql\. Give a path/],
    ['is a directory', () => folder, /^Stack\/Table: the path of query is ".*"\. There is no file/],
    ['is empty', () => fileOf('', 'empty.sql'), /^Stack\/Table: query, read from .*empty.sql, is ""\. Give a query in SQL\./],
    ['has only space', () => fileOf(' \n', 'space.sql'), /^Stack\/Table: query, read from .*space.sql, is ""\. Give a query in SQL\./],
    ['is too long', () => fileOf('S'.repeat(500_001), 'long.sql'), /\(500001 characters\)"\. Give at most 500,000 characters\./],
  ])('a query whose file %s', (_, path, message) => {
    expect(() => queryOf(StoredQuery.fromFile(path()))).toThrow(message);
  });

  const WORDS = /^AllowedAnalysis\.\w+: the (template|value) is .*\. Give /;
  test.each<[string, () => unknown, RegExp]>([
    ['an allowed analysis of no template', () => AllowedAnalysis.fromAnalysisTemplate(undefined as never), WORDS],
    ['an allowed analysis of a template\'s ARN', () => AllowedAnalysis.fromAnalysisTemplate('arn' as never), WORDS],
    ['an allowed analysis of nothing', () => AllowedAnalysis.of(undefined as never), WORDS],
    ...['', ' ', 'a'.repeat(201)].map((value): [string, () => unknown, RegExp] => [
      `an allowed analysis that the API cannot have: "${value}"`, () => AllowedAnalysis.of(value),
      /^AllowedAnalysis.of: the value is ".*"\. Give the ARN/,
    ]),
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
