const dotSegments = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i

/**
 * A back end's address with the dots of its path as they were asked for: what they mean is the back end's to say, where a
 * URL would have left the part of it that the integration names. `url` is of the same text, its query as it is to be.
 */
export function withDotSegments(text: string, url: URL): string {
  const [, path = ''] = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(text) ?? []
  return dotSegments.test(path) ? `${url.origin}${path}${url.search}` : url.href
}
