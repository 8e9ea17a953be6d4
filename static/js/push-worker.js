/* Says that somebody is waited for at the desk. The words stand here and name nothing; what arrives
   is one byte. It keeps no page and fetches nothing. */
self.addEventListener("push", (event) => {
  const words = { body: "机を見てください。", tag: "desk", renotify: true, lang: "ja" };
  event.waitUntil(self.registration.showNotification("いばしょ", words));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/moderation/called/"));
});
