/** Certificates of an account in a region, requested and imported each. Source: ACM user guide, "Quotas". */
export const certificatesMax = 2500
/** Domain names of a certificate, unless raised. Source: the same. */
export const namesMax = 10
/** Tags of a certificate. Source: API reference, AddTagsToCertificate. */
export const tagsMax = 50
/** Certificates on a page. Source: API reference, ListCertificates, `MaxItems`. */
export const pageItemsMax = 1000
/** How long a token of a request is remembered, in ms. Source: API reference, RequestCertificate, `IdempotencyToken`. */
export const tokenMs = 3_600_000

const minuteMs = 60_000
export const dayMs = 86_400_000

/** How long a validation may take. Source: user guide, "DNS validation": 72 hours. */
export const validationMs = 72 * 60 * minuteMs
/** Between two looks at a domain's records, in ms: often at first, then each minute. */
export const lookDelayMs = (ageMs: number): number => (ageMs < 5 * minuteMs ? 5_000 : minuteMs)
/** How long a certificate lasts. Source: user guide, "Certificate characteristics": 13 months (395 days). */
export const validityMs = 395 * dayMs
/** How long before its end a certificate is renewed. Source: user guide, "Managed certificate renewal". */
export const renewalMs = 60 * dayMs
/** Between two attempts to renew, in ms. */
export const renewalRetryMs = dayMs
/** Days before its end from which on an event a day warns of it, unless the account says otherwise. */
export const warningDaysDefault = 45
/** Entries of SubjectAlternativeNameSummaries. Source: API reference, CertificateSummary. */
export const summaryNamesMax = 100
