"""The routes of the contract, and problem documents for everything else."""

from django.urls import path

from chat.views import conversations, messages, search, system, users

urlpatterns = [
    path("healthz", system.HealthView.as_view()),
    path("version", system.VersionView.as_view()),
    path("v1/users", users.UsersView.as_view()),
    path("v1/sessions", users.SessionsView.as_view()),
    path("v1/me", users.MeView.as_view()),
    path("v1/usage", users.UsageView.as_view()),
    path("v1/conversations", conversations.ConversationsView.as_view()),
    path("v1/conversations/<str:conversation_id>", conversations.ConversationView.as_view()),
    path("v1/conversations/<str:conversation_id>/messages", messages.MessagesView.as_view()),
    path("v1/search", search.SearchView.as_view()),
]

handler400 = "chat.problems.bad_request"
handler404 = "chat.problems.page_not_found"
handler500 = "chat.problems.server_error"
