/** Lambda itself refused: the function's code did not run. */
export class LambdaServiceError extends Error {
  constructor(readonly code: string, message: string, readonly status = 500) {
    super(message);
    this.name = code;
  }

  /** Says whether Lambda tries again by itself. */
  get isTransient(): boolean {
    return ['ServiceException', 'TooManyRequestsException'].includes(this.code);
  }
}
