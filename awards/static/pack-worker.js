// The check runs beside the page, so that the page stays at hand. One message in, one for each step out.
addEventListener("message", async ({ data }) => {
  await checkPack(data.bytes, data.held, (news) => postMessage(news));
  postMessage({ over: true });
});
