"""What the app uses, as Flask's extensions: made here, configured by `create_app`."""

from .answers import Answers
from .database import Database
from .indexer import Indexer
from .llm import Model
from .search_index import SearchIndex

database = Database()
search_index = SearchIndex()
indexer = Indexer(database, search_index)
model = Model()
answers = Answers(database, model)
