/** Repositories in one answer. Source: ECR API reference, DescribeRepositories, `maxResults`. */
export const pageItemsMax = 100
/** Source: ECR API reference, TagResource: 50 tags. */
export const tagsMax = 50
