/** What an access token must have to be taken by the API: that it is one of this app's. What it lets see is the claim's. */
export const apiScope = 'projects.read'
