/** Text of a greeting that was given none. Source: this service is Orrery's own. */
export const defaultText = 'Hello'
