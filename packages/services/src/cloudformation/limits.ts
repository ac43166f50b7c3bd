/** Largest `TemplateBody`, in bytes. Source: CloudFormation user guide, "Understand CloudFormation quotas". */
export const templateBodyBytesMax = 51_200

/** Largest template behind `TemplateURL`, in bytes. Source: as above. */
export const templateUrlBytesMax = 1_000_000

/** Source of the five: as above. */
export const resourcesMax = 500
export const parametersMax = 200
export const outputsMax = 200
export const mappingsMax = 200
export const mappingAttributesMax = 200

/** Deepest nesting of a template that is read. Beyond it AWS answers that the text is not well-formed. */
export const templateDepthMax = 100

/** Stacks per account and region. Source: as `templateBodyBytesMax`. */
export const stacksMax = 2000

/** Characters of a parameter's value. Source: as `templateBodyBytesMax`. */
export const parameterValueBytesMax = 4096

/** Bytes of a template's description. Source: as `templateBodyBytesMax`. */
export const descriptionBytesMax = 1024

/** Bytes of a stack policy's body. Source: API reference, SetStackPolicy. */
export const stackPolicyBytesMax = 16_384

/** Tags of a stack. Source: API reference, CreateStack. */
export const tagsMax = 50

/** Rows of one page. Source: API reference, each listing. */
export const pageRows = 100

/** For how long deleted stacks can be seen, in ms. Source: API reference, ListStacks. */
export const deletedStackKeptMs = 90 * 86_400_000

/** Nested stacks below a root. Deeper trees are refused so that a template that names itself ends. */
export const nestingDepthMax = 10

/** Entries of a loop in `Fn::ForEach` and what a template may grow to. Source: as `templateUrlBytesMax`. */
export const expandedTemplateBytesMax = 1_000_000

/** Usual duration of one resource's work, in model ms, where its handler does not say. */
export const resourceDurationMs = 200

/** From a resource's first event to the call of its handler, in model ms. */
export const handlerDelayMs = 50

/** Time in which a change set is computed, in model ms. */
export const changeSetDurationMs = 100

/** From a request to the first work of its stack operation, in model ms. */
export const operationDelayMs = 50

/** Time in which drift is looked for, per resource, in model ms. */
export const driftDurationMs = 200

/** Largest answer of a custom resource, in bytes. Source: user guide, "Custom resource response objects". */
export const customAnswerBytesMax = 4096

/** Characters of the physical id in such an answer. Source: as above: 1 KB. */
export const physicalIdCharactersMax = 1024

/** Longest and usual time for such an answer, in seconds. Source: API reference, CustomResource, `ServiceTimeout`. */
export const customTimeoutSecondsMax = 3600

/** Longest time that a wait condition waits, in seconds. Source: API reference, WaitCondition, `Timeout`. */
export const waitSecondsMax = 43_200
