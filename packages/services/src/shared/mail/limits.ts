/** Mails that a new account may send in 24 hours, counted in recipients. Source: SES Developer Guide, "Request production access". */
export const sandboxQuotaPerDay = 200

/** Mails a second that a new account may send. Source: as above. */
export const sandboxRatePerSecond = 1

/** What an account is usually given with production access. Source: SES Developer Guide, "Service quotas in Amazon SES". */
export const productionQuotaPerDay = 50_000
export const productionRatePerSecond = 14

/** AWS answers a request for production access within 24 hours. Source: SES Developer Guide, "Request production access". */
export const productionReviewMs = 24 * 3_600_000

/** The window of the daily quota. Source: SES Developer Guide, "Managing your sending limits". */
export const quotaWindowMs = 24 * 3_600_000

/** Recipients of one message: To, Cc and Bcc together. Source: SES Developer Guide, "Service quotas", message quotas. */
export const recipientsMax = 50

/** Largest message, in bytes, with attachments and headers, after base64. Source: as above (v2; v1 has 10 MB). */
export const messageBytesMax = 40 * 1024 * 1024
export const messageBytesMaxOfV1 = 10 * 1024 * 1024

/** How long the link in a verification mail works. Source: SES Developer Guide, "Verifying an email address identity". */
export const verificationLinkMs = 24 * 3_600_000

/** How long SES looks for a domain's records. Source: SES Developer Guide, "Verifying a domain identity". */
export const domainVerificationMs = 72 * 3_600_000

/** How soon records that are there are found. Source: experience; AWS says that it can take up to 72 hours. */
export const domainFoundMs = 5 * 60_000
export const domainFoundLateMs = 15 * 60_000

/** Identities of an account in a region, domains and addresses together. Source: SES Developer Guide, "Service quotas". */
export const identitiesMax = 10_000

/** Source: SES Developer Guide, "Service quotas", configuration set quotas. */
export const configurationSetsMax = 10_000
export const eventDestinationsMax = 10

/** Source: SES Developer Guide, "Service quotas", template quotas: 20,000 templates of 500 KB. */
export const templatesMax = 20_000
export const templateBytesMax = 500 * 1024

/** Destinations of one SendBulkEmail. Source: SES API v2 Reference, SendBulkEmail. */
export const bulkDestinationsMax = 50

/** Sending authorisation policies of an identity, and their size in bytes. Source: SES Developer Guide, "Service quotas". */
export const identityPoliciesMax = 20
export const identityPolicyBytesMax = 4096

/** Name and value of a message tag. Source: SES API Reference, MessageTag; Recorded: ses, SendEmail, invalid tags. */
export const tagNameLengthMax = 255
export const tagValueLengthMax = 255

/** Header bytes that events carry; beyond, `headersTruncated`. Source: SES Developer Guide, "Contents of event notifications". */
export const eventHeaderBytesMax = 10 * 1024

/** Contacts lists of an account and topics of a list. Source: SES Developer Guide, "Using list management". */
export const contactListsMax = 1
export const topicsMax = 20
