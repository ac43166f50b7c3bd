/** Names of login domains: AWS's own, their twins on the loopback, and what DNS leads custom domains to. */
export const loginHosts =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.auth\.[a-z0-9-]+\.amazoncognito\.(?:com|localhost)|d[a-z0-9]{9}cog0\.cloudfront\.net)$/
