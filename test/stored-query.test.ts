import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, relative } from 'path';
import { CfnAnalysisTemplate } from 'aws-cdk-lib/aws-cleanrooms';
import { AllowedAnalysis, StoredQuery } from '../src';
import { makeStack, MEMBERSHIP, templateOf } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { resourceOf } from './support/template';

const folder = mkdtempSync(join(tmpdir(), 'stored-query-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string, name = 'query.sql'): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function queryOf(query: StoredQuery): unknown {
  const stack = makeStack();
  makeIntermediateTable(stack, 'Table', { query });
  return resourceOf(templateOf(stack), 'AWS::CleanRooms::IntermediateTable').Properties.PopulationAnalysisConfiguration;
}

test('SQL stands in the template as it was given', () => {
  expect(queryOf(StoredQuery.fromSql(' SELECT 1\n'))).toEqual({ SqlParameters: { QueryString: ' SELECT 1\n' } });
});

describe('SQL from a file', () => {
  test('stands in the template, whatever the platform ends lines with', () => {
    const expected = { SqlParameters: { QueryString: 'SELECT ä\nFROM b' } };
    expect(queryOf(StoredQuery.fromFile(fileOf('SELECT ä\nFROM b')))).toEqual(expected);
    expect(queryOf(StoredQuery.fromFile(fileOf('\uFEFFSELECT ä\r\nFROM b\r\n')))).toEqual(expected);
  });

  test('is found from where the app runs', () => {
    expect(queryOf(StoredQuery.fromFile(relative(process.cwd(), fileOf('SELECT 1'))))).toEqual({ SqlParameters: { QueryString: 'SELECT 1' } });
  });

  test.each([
    ['is missing', () => join(folder, 'missing.sql'), /^Stack\/Table: the path of query is ".*missing.sql"\. There is no file .*missing.sql\. Give a path/],
    ['is a directory', () => folder, /^Stack\/Table: the path of query is ".*"\. There is no file/],
    ['is empty', () => fileOf('', 'empty.sql'), /^Stack\/Table: query, read from .*empty.sql, is ""\. Give a query in SQL\./],
    ['has only space', () => fileOf(' \n', 'space.sql'), /^Stack\/Table: query, read from .*space.sql, is ""\. Give a query in SQL\./],
    ['is too long', () => fileOf('S'.repeat(500_001), 'long.sql'), /\(500001 characters\)"\. Give at most 500,000 characters\./],
  ])('fails where the file %s', (_, path, message) => {
    expect(() => queryOf(StoredQuery.fromFile(path()))).toThrow(message);
  });
});

describe('an analysis template', () => {
  test('is in the table\'s query, and in what may be run on it, by its ARN', () => {
    const stack = makeStack();
    const template = new CfnAnalysisTemplate(stack, 'Template', { membershipIdentifier: MEMBERSHIP, name: 't', format: 'SQL', source: { text: 'SELECT 1' } });
    makeIntermediateTable(stack, 'Table', {
      query: StoredQuery.fromAnalysisTemplate(template), allowedAnalyses: [AllowedAnalysis.fromAnalysisTemplate(template)],
    });
    const arn = { 'Fn::GetAtt': ['Template', 'Arn'] };
    expect(resourceOf(templateOf(stack), 'AWS::CleanRooms::IntermediateTable').Properties).toMatchObject({
      PopulationAnalysisConfiguration: { SqlParameters: { AnalysisTemplateArn: arn } },
      AnalysisRules: [{ Policy: { V1: { Custom: { AllowedAnalyses: [arn] } } } }],
    });
  });
});

describe('promise 9: mistakes fail at synthesis', () => {
  test.each<[string, () => unknown]>([
    ['of no template', () => AllowedAnalysis.fromAnalysisTemplate(undefined as never)],
    ['of a template\'s ARN', () => AllowedAnalysis.fromAnalysisTemplate('arn' as never)],
    ['of nothing', () => AllowedAnalysis.of(undefined as never)],
  ])('an allowed analysis %s fails, in words', (_, make) => {
    expect(make).toThrow(/^AllowedAnalysis\.\w+: the (template|value) is .*\. Give /);
  });

  test.each(['', ' ', 'a'.repeat(201)])('an allowed analysis that the API cannot have fails: %j', (value) => {
    expect(() => AllowedAnalysis.of(value)).toThrow(/^AllowedAnalysis.of: the value is ".*"\. Give the ARN/);
  });
});
