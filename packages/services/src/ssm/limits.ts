/** Tags of one resource. Source: AddTagsToResource. */
export const tagsMax = 50
