/** An execution environment of a Lambda function: `node run-lambda.js <folder> <handler> <arn> <timeout>`. Each line that it reads is an invocation. */
const { join } = require('path');
const { createInterface } = require('readline');

const [folder, handler, invokedFunctionArn, timeout] = process.argv.slice(2);
const { AWS_LAMBDA_FUNCTION_NAME: functionName } = process.env;
const answer = process.stdout.write.bind(process.stdout);
// What the function prints is its log.
process.stdout.write = process.stderr.write.bind(process.stderr);
let invocations = 0;

async function invoke(event) {
  const [file, name] = handler.split('.');
  const deadline = Date.now() + Number(timeout) * 1000;
  const context = {
    functionName,
    invokedFunctionArn,
    functionVersion: '$LATEST',
    awsRequestId: `request-${process.pid}-${++invocations}`,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: String(process.pid),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    return { failed: false, value: await require(join(folder, file))[name](event, context) ?? null };
  } catch (error) {
    return { failed: true, value: { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') } };
  }
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { event, crash } = JSON.parse(line);
  if (crash === 'start') process.exit(1);
  const ended = await invoke(event);
  if (crash === 'return') process.exit(1);
  answer(`${JSON.stringify(ended)}\n`);
}).on('close', () => process.exit());
