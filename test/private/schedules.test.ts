import { CfnParameter, Duration, Fn, TimeZone } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { makePopulation, makeStack, synthesized } from '../support/stacks';

const add = (schedule: Schedule) => () => makePopulation(makeStack(), 'Population').addSchedule('Schedule', schedule);
const expression = (text: string) => Schedule.expression(text);

describe('promise 9: a schedule that EventBridge refuses is refused at synth', () => {
  test.each([
    ['rate(0 days)', 'Give a whole number from 1 on of minutes, hours or days, such as rate(6 hours).'],
    ['rate(1 days)', 'Write rate(1 day).'],
    ['rate(2 day)', 'Write rate(2 days).'],
    ['rate(01 minutes)', 'Write rate(1 minute).'],
    ['rate(30 seconds)', 'Give a whole number'],
    ['rate(1.5 hours)', 'Give a whole number'],
    ['rate(-1 hours)', 'Give a whole number'],
    ['rate(2 weeks)', 'Give a whole number'],
    ['rate(5  minutes)', 'Give a whole number'],
    ['rate(5)', 'Give a whole number'],
    ['rate()', 'Give a rate or a cron expression'],
    ['RATE(1 day)', 'Give a rate or a cron expression'],
    ['every day', 'Give a rate or a cron expression'],
    ['at(2099-01-01T00:00:00)', 'Give a rate or a cron expression'],
    ['cron(0 4 * * ?)', 'Give six fields instead of 5: minutes, hours, day of the month, month, day of the week, year.'],
    ['cron(0 0 4 * * ? *)', 'Give six fields instead of 7'],
    ['cron(0 25 * * ? *)', 'Its hours has to be of 0 to 23'],
    ['cron(60 4 * * ? *)', 'Its minutes has to be of 0 to 59'],
    ['cron(0 4 0 * ? *)', 'Its day of the month has to be of 1 to 31'],
    ['cron(0 4 32 * ? *)', 'Its day of the month has to be of 1 to 31'],
    ['cron(0 4 * 13 ? *)', 'Its month has to be of 1 to 12'],
    ['cron(0 4 * JANUARY ? *)', 'Its month has to be of 1 to 12'],
    ['cron(0 4 ? * 0 *)', 'Its day of the week has to be of 1 to 7'],
    ['cron(0 4 ? * 8 *)', 'Its day of the week has to be of 1 to 7'],
    ['cron(0 4 ? * MON#6 *)', 'Its day of the week has to be of 1 to 7'],
    ['cron(0 4 * * ? 1969)', 'Its year has to be of 1970 to 2199'],
    ['cron(0/0 4 * * ? *)', 'Its minutes has to be of 0 to 59'],
    ['cron(1-2-3 4 * * ? *)', 'Its minutes has to be of 0 to 59'],
    ['cron(0, 4 * * ? *)', 'Its minutes has to be of 0 to 59'],
    ['cron(? 4 * * ? *)', 'Its minutes has to be of 0 to 59'],
    ['cron(0 4 * * * *)', 'Write ? for the day of the month or for the day of the week, and not for both.'],
    ['cron(0 4 ? * ? *)', 'Write ? for the day of the month or for the day of the week, and not for both.'],
    ['cron(0 4 1 * MON *)', 'Write ? for the day of the month or for the day of the week, and not for both.'],
    ['cron(0 4 * * ? 2020)', 'Its years have passed'],
    ['cron(0 4 * * ? 2019-2021,2023)', 'Its years have passed'],
  ])('%s', (text, remedy) => {
    expect(add(expression(text))).toThrow(`Stack/Population: schedule is ${JSON.stringify(text)}. ${remedy}`);
  });

  test.each<[string, unknown]>([
    ['a text', 'rate(1 day)'],
    ['a Duration', Duration.days(1)],
    ['nothing', null],
    ['one of EventBridge Scheduler, whose time zone a rule would pass over', ScheduleExpression.cron({ hour: '4', minute: '0', timeZone: TimeZone.EUROPE_BERLIN })],
  ])('as is what is none: %s', (_, schedule) => {
    expect(add(schedule as never)).toThrow(/^Stack\/Population: schedule is .*\. Give an events\.Schedule, such as Schedule\.rate\(Duration\.days\(1\)\); rules know no/);
  });
});

describe('a schedule that EventBridge takes is taken', () => {
  test.each([
    'rate(1 minute)', 'rate(5 minutes)', 'rate(1 hour)', 'rate(12 hours)', 'rate(1 day)', 'rate(365 days)',
    'cron(0 10 * * ? *)', 'cron(15 12 * * ? *)', 'cron(0 18 ? * MON-FRI *)', 'cron(0 8 1 * ? *)', 'cron(0/15 * * * ? *)', 'cron(0/10 * ? * MON-FRI *)',
    'cron(0/5 8-17 ? * MON-FRI *)', 'cron(0 20 ? * 3#2 *)', 'cron(0 9 ? * 6L *)', 'cron(0 9 L * ? *)', 'cron(0 9 LW * ? *)', 'cron(0 9 15W * ? *)',
    'cron(0 9 ? JAN,jul sun,WED *)', 'cron(0,30 */2 ? * 2-6 *)', 'cron(* * * * ? 2020/2)', 'cron(* * * * ? 2020-2099)', 'cron(0 22-2 ? * L 2199)',
    'cron(5 4 1,15 2/3 ? *)',
  ])('%s', (text) => {
    expect(add(expression(text))).not.toThrow();
  });

  test.each([
    Schedule.rate(Duration.minutes(90)), Schedule.rate(Duration.hours(48)), Schedule.cron({}), Schedule.cron({ weekDay: 'MON' }), Schedule.cron({ day: '1' }),
  ])('as CDK writes it, for all that it can write', (schedule) => {
    expect(add(schedule)).not.toThrow();
  });

  test('when it is known only when deploying, as a whole or in part', () => {
    expect(() => synthesized((stack) => {
      const hour = new CfnParameter(stack, 'Hour').valueAsString;
      [Fn.importValue('Schedule'), `cron(0 ${hour} * * ? *)`, `rate(${hour} hours)`].forEach((text, index) =>
        makePopulation(stack, `P${index}`, { schedule: expression(text) }));
    })).not.toThrow();
  });
});
