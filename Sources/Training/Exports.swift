import Linen
