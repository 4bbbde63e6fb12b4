// The users of the comparison, for k6.
import http from "k6/http";

export const options = { vus: Number(__ENV.USERS), duration: "60s" };

export default function () {
  http.get(`${__ENV.URL}/v1/me`, { headers: { Authorization: "Bearer x" } });
}
