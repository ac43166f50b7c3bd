/** What both triggers read of Cognito's event, and the part that they fill in. */
export interface PreTokenEvent {
  /** Absent where a machine asks for a token: there is nobody to look up. */
  readonly userName?: string
  response: object
}
