/** One invocation of a Lambda function: `node run-lambda.js <folder> <handler> <arn> <timeout> <result>`, the event on its standard input. */
const { readFileSync, writeFileSync } = require('fs');
const { join } = require('path');

const [folder, handler, invokedFunctionArn, timeout, result] = process.argv.slice(2);
const { AWS_LAMBDA_FUNCTION_NAME: functionName, CRASH: crash } = process.env;
const deadline = Date.now() + Number(timeout) * 1000;

const context = {
  functionName,
  invokedFunctionArn,
  functionVersion: '$LATEST',
  awsRequestId: `request-${process.pid}`,
  logGroupName: `/aws/lambda/${functionName}`,
  logStreamName: String(process.pid),
  getRemainingTimeInMillis: () => deadline - Date.now(),
};

async function invoke() {
  const [file, name] = handler.split('.');
  const event = JSON.parse(readFileSync(0, 'utf8'));
  try {
    return { failed: false, value: await require(join(folder, file))[name](event, context) ?? null };
  } catch (error) {
    return { failed: true, value: { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') } };
  }
}

if (crash === 'start') process.exit(1);
invoke().then((ended) => {
  if (crash === 'return') process.exit(1);
  writeFileSync(result, JSON.stringify(ended));
  process.exit(0);
});
