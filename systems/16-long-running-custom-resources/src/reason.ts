/** Why a state failed, for a person: of a function's error its name and its message, without the stack. */
export function reasonOf({ Error: error, Cause = '' }: { Error: string; Cause?: string }): string {
  try {
    // What Lambda makes of an exception; any other JSON has no message.
    const { errorType = error, errorMessage } = JSON.parse(Cause) as Record<string, string>
    if (errorMessage !== undefined) return `${errorType}: ${errorMessage}`
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
  }
  return Cause === '' ? error : `${error}: ${Cause}`
}
