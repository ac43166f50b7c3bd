// Source, unless said otherwise: User Guide for Application Load Balancers, "Quotas for your Application Load Balancers".

export const loadBalancersMax = 50
export const targetGroupsMax = 3000
export const listenersMax = 50
export const rulesMax = 100
export const targetsPerGroupMax = 1000
export const certificatesMax = 25
export const tagsMax = 50

/** Values of all conditions of a rule, and wildcards in them. */
export const conditionValuesMax = 5
export const wildcardsMax = 6

/** Groups of a weighted forward. */
export const groupsPerActionMax = 5
export const weightMax = 999

/** Characters of names of load balancers and target groups. Source: CreateLoadBalancer, `Name`. */
export const nameLengthMax = 32

/** Items of a page. Source: DescribeLoadBalancers, `PageSize`. */
export const pageItemsMax = 400

/**
 * How long a load balancer is `provisioning`, in ms.
 * Deviation: two seconds; on AWS it takes minutes.
 */
export const provisioningMs = 2_000

/** Request line and single header, and all headers together, in bytes. Source: "HTTP header limits". */
export const requestLineBytesMax = 16_384
export const headerBytesMax = 16_384
export const headersBytesMax = 65_536

/** Addresses in `X-Forwarded-For`. Source: "Troubleshoot", "HTTP 463". */
export const forwardedForMax = 30

/** Body sent to a function and JSON that it answers, in bytes. Source: "Lambda functions as targets", Limits. */
export const lambdaBytesMax = 1_048_576

/** Largest cookie of a session, in bytes; a session that is larger is cut into up to four. Source: "Authenticate users". */
export const sessionCookieBytesMax = 4_096
export const sessionCookiesMax = 4

/** How long a login at the provider may take, in ms. Source: "Authenticate users": client login timeout, 15 minutes. */
export const loginMsMax = 900_000

/** How long a session lasts, in s, where the action says nothing. Source: AuthenticateOidcActionConfig, SessionTimeout. */
export const sessionSecondsDefault = 604_800

/** How long the provider's endpoints may take, in ms. */
export const providerTimeoutMs = 5_000

/** How long signed claims are good, in s. Source: recorded headers of users' reports: two minutes. */
export const claimsSecondsMax = 120

/** How often access logs are written, in ms. Source: "Access logs": every five minutes. */
export const accessLogMs = 300_000
