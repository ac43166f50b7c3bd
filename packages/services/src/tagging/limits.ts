/** Resources of a page unless the caller says. Source: what the API was seen to give; its reference names none. */
export const resourcesPerPageDefault = 50

/** Bounds of `ResourcesPerPage`. Source: Resource Groups Tagging API reference, GetResources. */
export const resourcesPerPage = { min: 1, max: 100 } as const

/** Bounds of `TagsPerPage`, whose values are hundreds. Source: as above. */
export const tagsPerPage = { min: 100, max: 500, step: 100 } as const

/** Most resource types of a filter. Source: as above, `ResourceTypeFilters`. */
export const resourceTypesMax = 100

/** Keys or values of a page. The reference names no figure; ours. */
export const namesPerPage = 1_000

/** How long a page token is taken, in ms. Source: Resource Groups Tagging API reference, GetResources, errors. */
export const pageTokenMs = 15 * 60_000
