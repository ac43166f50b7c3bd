/** Items of a page where the caller names no number. Source: none; AWS answers with all that fits one page. */
export const pageItemsMax = 500

/** Routes per API. Source: developer guide, "Quotas for configuring and running an HTTP API". */
export const routesMax = 300

/** Integrations per API. Source: as above. */
export const integrationsMax = 300

/** Authorizers per API. Source: as above. */
export const authorizersMax = 10

/** Audiences of one JWT authorizer. Source: as above. */
export const audiencesMax = 50

/** Stages per API. Source: as above. */
export const stagesMax = 10

/** APIs per account and Region. Source: as above. */
export const apisMax = 600

/** Bytes of a request's body. Source: as above, "Payload size". */
export const payloadBytesMax = 10 * 1024 * 1024

/** Bytes of request line and header values together. Source: as above. */
export const headersBytesMax = 10_240

/** Longest time that an integration has. Source: as above, "Maximum integration timeout". */
export const httpTimeoutMsMax = 30_000

/** Of WebSocket APIs. Source: developer guide, "Quotas for configuring and running a WebSocket API". */
export const webSocketTimeoutMsMax = 29_000

/** How long a function authorizer may take. Source: as "Quotas for ... an HTTP API", "Lambda authorizer timeout". */
export const authorizerTimeoutMs = 10_000

/** Tags of an API, stage or domain name. Source: as above. */
export const tagsMax = 50

/** Characters of an access log's line. Source: as above, "Access log template size"/"entry size": 1 MB with an end of its own. */
export const accessLogBytesMax = 1_048_576
