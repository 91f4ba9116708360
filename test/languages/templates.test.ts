import { differences, Json } from './templates';

const machine = (...parts: Json[]) => ({ Resources: { Machine: { Properties: { DefinitionString: { 'Fn::Join': ['', parts] } } } } });
const arn = { 'Fn::GetAtt': ['Function', 'Arn'] };

test('The order of keys does not count, nor in the JSON of a string or of a joined text', () => {
  expect(differences({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
  expect(differences({ body: '{"a":1,"b":[2]}' }, { body: '{"b":[2],"a":1}' })).toEqual([]);
  expect(differences(machine('{"a":"', arn, '","b":1}'), machine('{"b":1,"a":"', arn, '"}'))).toEqual([]);
});

test('Each other difference is told with its path', () => {
  expect(differences({ Resources: { A: { Type: 'X' } } }, { Resources: { A: { Type: 'Y' }, B: {} } })).toEqual([
    'Resources.A.Type: "X" is "Y"',
    'Resources.B: nothing is {}',
  ]);
  expect(differences({ list: [1, 2] }, { list: [2, 1, 3] })).toEqual(['list[0]: 1 is 2', 'list[1]: 2 is 1', 'list[2]: nothing is 3']);
  expect(differences({ a: null }, {})).toEqual(['a: null is nothing']);
  expect(differences({ a: {} }, { a: [] })).toEqual(['a: {} is []']);
});

test('Differences in embedded JSON are told, those of its references included', () => {
  expect(differences({ body: '{"a":1}' }, { body: '{"a":2}' })).toEqual(['body.JSON text.a: 1 is 2']);
  expect(differences(machine('{"a":"', arn, '"}'), machine('{"a":"', { Ref: 'Function' }, '"}'))).toHaveLength(1);
  expect(differences({ body: '{"a":1}' }, { body: { a: 1 } })).not.toEqual([]);
});

test('A text that only looks like JSON is compared as a text', () => {
  expect(differences({ text: '{not: JSON}' }, { text: '{not: JSON}' })).toEqual([]);
  expect(differences({ text: '{not: JSON}' }, { text: '{ not: JSON}' })).toHaveLength(1);
  expect(differences(machine('a', arn), machine('a', { Ref: 'Function' }))).not.toEqual([]);
});
